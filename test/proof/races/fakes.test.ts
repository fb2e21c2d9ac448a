import { fakeGrounds } from '../ground/fake-ground';
import { describeForeignPending } from './describe-foreign-pending';
import { describeForeignValue } from './describe-foreign-value';
import { describeLateVersion } from './describe-late-version';
import { describeTwice } from './describe-twice';

fakeGrounds.forEach(describeForeignValue);
fakeGrounds.forEach(describeForeignPending);
fakeGrounds.forEach(describeTwice);
fakeGrounds.forEach(describeLateVersion);
