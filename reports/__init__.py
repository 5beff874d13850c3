"""Dashboard, KPIs and exports arrive with their own issue; the layer is reserved."""
