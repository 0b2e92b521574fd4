probe a.b, a.c, d.e, d.f { }
