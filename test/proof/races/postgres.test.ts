import { postgresGround } from '../ground/postgres-ground';
import { describeForeignValue } from './describe-foreign-value';
import { describeTwice } from './describe-twice';

describeForeignValue(postgresGround);
describeTwice(postgresGround);
