import { mariadbHere } from '../../support/mariadb-server';
import { describeWith } from '../../support/servers/describe-on';
import { describeKillPoints } from './describe-kill-points';
import { notingMariadb } from './noting-databases';

describeWith('MariaDB', { provision: mariadbHere }, (program) => {
  describeKillPoints(notingMariadb(program));
});
