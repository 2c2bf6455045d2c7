"""EDGE: sending accounts. `smtp` sends, `credentials` finds secrets, `sandbox` plays the server."""
