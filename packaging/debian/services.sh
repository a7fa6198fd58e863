# SPDX-License-Identifier: Apache-2.0
# The packages of the daemons that labs start, each with its systemd unit and its init script. Their services are for a
# host that is itself a router or a gateway; a lab starts the programs itself, in its own namespaces.
services='frr:frr:frr strongswan-starter:strongswan-starter:ipsec keepalived:keepalived:keepalived'

# Services that come with us, one a line, until they have been put to rest.
held=/var/lib/crossconnect/held

masks=/run/systemd/system
mask() { [ ! -d "$masks" ] || ln -sfn /dev/null "$masks/$1.service"; }
unmask() { [ "$(readlink "$masks/$1.service")" != /dev/null ] || rm -f "$masks/$1.service"; }
reload() { [ ! -d "$masks" ] || systemctl --system daemon-reload || true; }
