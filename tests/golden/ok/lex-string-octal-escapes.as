# A NUL ends a string.
probe begin { println("\x01 \x0a S S4 \xff", "a", "", "") }
