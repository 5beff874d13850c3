"""Lists and reports as files: asked for on any page, made by the worker, kept for seven days."""
