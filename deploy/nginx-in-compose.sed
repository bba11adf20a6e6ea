# What is different in a container: sed -f nginx-in-compose.sed nginx.conf
# Web processes are asked for by name each time anew: one that is made anew has another address.
s#^( *)proxy_pass http://briefings;#\1set $web http://web:8000;\n\1proxy_pass $web;#
s#^( *)server_tokens off;#\1resolver 127.0.0.11 valid=5s ipv6=off;\n&#
/^upstream briefings \{/,/^\}/d
# Lines go where those of all other containers go, and are thrown away like them.
s#/var/log/nginx/briefings\.log#/dev/stdout#
s#/var/log/nginx/briefings\.error\.log#/dev/stderr#
