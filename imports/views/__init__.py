"""The pages of the imports: jobs, feeds, mappings, uploads. Collectors have none of them."""
