import { mariadbHere } from '../../support/mariadb-server';
import { describeWith } from '../../support/servers/describe-on';
import { mariadbGround } from '../ground/sql-grounds';
import { describeFaults } from './describe-faults';

describeWith('MariaDB', { provision: mariadbHere }, (program) => {
  describeFaults(mariadbGround(program));
});
