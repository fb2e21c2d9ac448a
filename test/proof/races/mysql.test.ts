import { mysqlHere } from '../../support/mysql-server';
import { describeWith } from '../../support/servers/describe-on';
import { mysqlGround } from '../ground/sql-grounds';
import { describeForeignValue } from './describe-foreign-value';
import { describeTwice } from './describe-twice';

describeWith('MySQL', { provision: mysqlHere }, (program) => {
  describeForeignValue(mysqlGround(program));
  describeTwice(mysqlGround(program));
});
