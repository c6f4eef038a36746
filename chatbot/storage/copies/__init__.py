"""Copies of the SQLite database outside of the machine, whose disk may be gone at the next start.

A writer is one run of the program. It ships a full snapshot and after it a journal: what each few
commits changed, as whole rows with their keys. Objects are never changed, and their names order
them, so that no pointer has to be kept right:

    v1/{epoch}-{instance}/{number}.claim | .full | .seg

A start reads the newest valid snapshot with its journal, and merges by primary key what other
writers shipped later than it knew. What is deleted stays deleted: every snapshot lists the keys.
"""
