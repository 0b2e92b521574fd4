probe a.c, b.c { }
