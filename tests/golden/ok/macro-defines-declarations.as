global n1
probe begin { n1++ }
global n2
probe end { n2++ }
