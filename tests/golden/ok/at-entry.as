probe process("x").function("f").return { x = @entry($a); x = @entry((gettimeofday_us())); x = (@entry(($a->b + 1)) - $return) }
