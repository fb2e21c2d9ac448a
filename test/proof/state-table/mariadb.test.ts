import { mariadbHere } from '../../support/mariadb-server';
import { describeWith } from '../../support/servers/describe-on';
import { mariadbGround } from '../ground/sql-grounds';
import { describeStateTable } from './describe-state-table';

describeWith('MariaDB', { provision: mariadbHere }, (program) => {
  describeStateTable(mariadbGround(program));
});
