import { mysqlHere } from '../../support/mysql-server';
import { describeWith } from '../../support/servers/describe-on';
import { mysqlGround } from '../ground/sql-grounds';
import { describeStateTable } from './describe-state-table';

describeWith('MySQL', { provision: mysqlHere }, (program) => {
  describeStateTable(mysqlGround(program));
});
