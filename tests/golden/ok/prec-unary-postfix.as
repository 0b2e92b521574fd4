probe begin { x = (-(a++)); x = (!(a--)); x = (~(a++)) }
