"""What dicomkit is compared with in speed and memory, and the exam that it is measured on."""
