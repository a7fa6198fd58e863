xconn node update ce routes=
