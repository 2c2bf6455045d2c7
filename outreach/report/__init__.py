"""Results as text for people (80 columns, the next command last). JSON shapes are built beside them."""
