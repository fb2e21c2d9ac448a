import { postgresGround } from '../ground/postgres-ground';
import { describeForeignPending } from './describe-foreign-pending';
import { describeForeignValue } from './describe-foreign-value';
import { describeLateVersion } from './describe-late-version';
import { describeTwice } from './describe-twice';

describeForeignValue(postgresGround);
describeForeignPending(postgresGround);
describeTwice(postgresGround);
describeLateVersion(postgresGround);
