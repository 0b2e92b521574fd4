global s, t
probe begin { s <<< 1; t[1, "x"] <<< (a + b); s <<< (t <<< 5) }
