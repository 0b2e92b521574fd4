global on
probe a.b if (on), a.c if (on) { }
