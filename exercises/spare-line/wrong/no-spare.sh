xconn node update office routes=
