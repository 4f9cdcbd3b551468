"""What is made for browsers, in a browser: the HTML of notebooks, and the documentation.

``nox -s browser`` runs it; it needs Chromium and its driver, and never the network.
"""
