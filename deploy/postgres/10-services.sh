#!/bin/sh
# Run once by the postgres image: a role and a database for each service, closed to the others.
set -eu
make_service() {
    psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" \
        --set role="huafang_$1" --set password="$2" <<'SQL'
CREATE ROLE :"role" LOGIN PASSWORD :'password';
CREATE DATABASE :"role" OWNER :"role" ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8' TEMPLATE template0;
REVOKE ALL ON DATABASE :"role" FROM PUBLIC;
SQL
}
make_service catalog "$CATALOG_DATABASE_PASSWORD"
make_service orders "$ORDERS_DATABASE_PASSWORD"
make_service storefront "$STOREFRONT_DATABASE_PASSWORD"
