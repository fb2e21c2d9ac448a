import { mysqlHere } from '../../support/mysql-server';
import { describeWith } from '../../support/servers/describe-on';
import { describeKillPoints } from './describe-kill-points';
import { notingMysql } from './noting-databases';

describeWith('MySQL', { provision: mysqlHere }, (program) => {
  describeKillPoints(notingMysql(program));
});
