probe process("x").function("f") { x = $a$; x = $a->b$$; x = (($a[1]$) . "x") }
