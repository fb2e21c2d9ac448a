import { mysqlHere } from '../../support/mysql-server';
import { describeWith } from '../../support/servers/describe-on';
import { mysqlGround } from '../ground/sql-grounds';
import { describeForeignPending } from './describe-foreign-pending';
import { describeForeignValue } from './describe-foreign-value';
import { describeLateVersion } from './describe-late-version';
import { describeTwice } from './describe-twice';

describeWith('MySQL', { provision: mysqlHere }, (program) => {
  describeForeignValue(mysqlGround(program));
  describeForeignPending(mysqlGround(program));
  describeTwice(mysqlGround(program));
  describeLateVersion(mysqlGround(program));
});
