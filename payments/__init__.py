"""Payments, plans, gateway and webhooks arrive with their own issue; the layer is reserved."""
