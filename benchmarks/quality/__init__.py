"""`make quality DATA=DIR`: how good the answers' parts are, on labelled data of the given folder.

Every module beside this one that has a `score(folder)` is a component: it calls the functions that
the app calls and returns its figures per source, see `figures`. A source whose files the folder
lacks is left out.
"""
