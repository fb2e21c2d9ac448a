import { mariadbHere } from '../../support/mariadb-server';
import { describeWith } from '../../support/servers/describe-on';
import { mariadbGround } from '../ground/sql-grounds';
import { describeForeignPending } from './describe-foreign-pending';
import { describeForeignValue } from './describe-foreign-value';
import { describeLateVersion } from './describe-late-version';
import { describeTwice } from './describe-twice';

describeWith('MariaDB', { provision: mariadbHere }, (program) => {
  describeForeignValue(mariadbGround(program));
  describeForeignPending(mariadbGround(program));
  describeTwice(mariadbGround(program));
  describeLateVersion(mariadbGround(program));
});
