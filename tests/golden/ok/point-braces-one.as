probe a.b.c, d { }
