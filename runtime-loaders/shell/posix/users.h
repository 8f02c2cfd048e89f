/* The one user there is. */
#ifndef USERS_H
#define USERS_H

#define USER_ID 1000
#define USER_NAME "user"
#define USER_HOME "/home/user"

#endif
