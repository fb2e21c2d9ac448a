import { mariadbHere } from '../../support/mariadb-server';
import { describeWith } from '../../support/servers/describe-on';
import { mariadbGround } from '../ground/sql-grounds';
import { describeForeignValue } from './describe-foreign-value';
import { describeTwice } from './describe-twice';

describeWith('MariaDB', { provision: mariadbHere }, (program) => {
  describeForeignValue(mariadbGround(program));
  describeTwice(mariadbGround(program));
});
