probe begin { println("\200\377 \303\274") }
