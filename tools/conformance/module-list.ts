/**
 * Real modules on which the module commands are compared with the official ones: old and new, with
 * and without pruned graphs, with replace, exclude and retract lines, alone and in workspaces.
 * `latest` is what it is when the record is made (modrecord.ts).
 */
export const modules: readonly string[] = `
github.com/BurntSushi/toml@latest
github.com/alecthomas/kong@latest
github.com/aws/aws-sdk-go-v2@latest
github.com/aws/aws-sdk-go-v2/config@latest
github.com/charmbracelet/bubbletea@latest
github.com/charmbracelet/lipgloss@v0.10.0
github.com/dgraph-io/badger/v4@latest
github.com/fsnotify/fsnotify@v1.7.0
github.com/gin-gonic/gin@latest
github.com/gin-gonic/gin@v1.6.3
github.com/go-chi/chi/v5@latest
github.com/go-sql-driver/mysql@latest
github.com/gofiber/fiber/v2@latest
github.com/golang/protobuf@v1.5.4
github.com/google/go-cmp@latest
github.com/gorilla/mux@latest
github.com/hashicorp/consul/api@v1.20.0
github.com/hashicorp/hcl/v2@latest
github.com/hashicorp/raft@v1.6.0
github.com/jackc/pgx/v5@latest
github.com/labstack/echo/v4@latest
github.com/miekg/dns@latest
github.com/mitchellh/mapstructure@latest
github.com/nats-io/nats.go@latest
github.com/pelletier/go-toml/v2@latest
github.com/prometheus/client_golang@latest
github.com/prometheus/common@latest
github.com/redis/go-redis/v9@latest
github.com/rs/zerolog@latest
github.com/sirupsen/logrus@v1.9.3
github.com/spf13/cobra@latest
github.com/spf13/cobra@v1.0.0
github.com/spf13/viper@latest
github.com/spf13/viper@v1.7.0
github.com/stretchr/testify@latest
github.com/urfave/cli/v2@latest
go.etcd.io/bbolt@latest
go.etcd.io/etcd/client/v3@v3.5.9
go.opentelemetry.io/otel@latest
go.opentelemetry.io/otel/sdk@v1.20.0
go.uber.org/zap@latest
golang.org/x/crypto@latest
golang.org/x/net@latest
golang.org/x/tools@latest
google.golang.org/grpc@latest
google.golang.org/protobuf@latest
gopkg.in/yaml.v3@latest
gorm.io/gorm@latest
k8s.io/apimachinery@latest
k8s.io/client-go@latest
`
  .trim()
  .split('\n');

/** The module whose graph, of more than 150, `./bench mod` works on: all of them are recorded whole. */
export const benchSubject = 'github.com/spf13/viper@v1.7.0';

/** Two modules of the list, of which one requires the other, as a workspace. */
export const workspaces: readonly (readonly [string, string])[] = [
  ['github.com/spf13/cobra@latest', 'github.com/BurntSushi/toml@latest'],
  ['go.uber.org/zap@latest', 'github.com/stretchr/testify@latest'],
  ['github.com/prometheus/client_golang@latest', 'github.com/prometheus/common@latest'],
];
