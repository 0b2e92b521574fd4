probe process("x").function("f") { println((@defined($new) ? $new : $old->x[1])) }
