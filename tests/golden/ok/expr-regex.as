probe begin { x = (s =~ "a.*b"); x = (s !~ "^[0-9]+$"); if ((s . t) =~ "xy") x = 1; }
