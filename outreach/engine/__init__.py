"""SHELL: the only place where files, database and mailboxes meet: plan, launch, send, explain."""
