import { mysqlHere } from '../../support/mysql-server';
import { describeWith } from '../../support/servers/describe-on';
import { mysqlGround } from '../ground/sql-grounds';
import { describeFaults } from './describe-faults';

describeWith('MySQL', { provision: mysqlHere }, (program) => {
  describeFaults(mysqlGround(program));
});
