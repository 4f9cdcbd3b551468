"""The yardsticks: what dicomkit is measured against, and the exam that it is measured on."""
