probe process("x").function("f").call, process("x").function("f").return, process("x").statement("*@f.c:3").call, process("x").statement("*@f.c:3").return { }
