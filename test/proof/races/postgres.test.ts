import { postgresGround } from '../ground/postgres-ground';
import { describeForeignValue } from './describe-foreign-value';
import { describeLateVersion } from './describe-late-version';
import { describeTwice } from './describe-twice';

describeForeignValue(postgresGround);
describeTwice(postgresGround);
describeLateVersion(postgresGround);
