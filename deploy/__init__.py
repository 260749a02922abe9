"""Ways to run Huafang: all in one, containers, clusters, and the stand-ins of the demo."""
