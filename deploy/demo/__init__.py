"""The demo shop: pictures, files and products made by our own code, each honestly marked as such."""
