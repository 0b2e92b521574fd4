probe process("x").function("f") { x = (&$a); x = (&$a->b); x = (&$a[1]->c); x = (-(&$a)); x = (&$a) }
