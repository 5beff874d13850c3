"""Thin: each view parses, calls and renders."""
