probe a.b.c.i, a.b.d.i, a.e.f.i, a.e.g.i, a.e.h.i { }
