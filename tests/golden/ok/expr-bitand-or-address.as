probe process("x").function("f") { x = (a & ($b)); x = (a & (&$b)); x = (a & ($b)) }
